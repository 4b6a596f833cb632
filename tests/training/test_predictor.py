"""A trained predictor: new data without training, saved and loaded."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, train
from forecastle.training.predictor import TrainedPredictor
from tests.panels import busy_demand, shop_panel

N_TIME = 120
SPEC = ForecastSpec(5, ("0.25", "0.5", "mean"), seed=4)
LATER = {
    "origin",
    "shard_series",
    "dependence",
    "spread",
}  # parts that earlier versions did not save
BROKEN = (b"", b"{", b"[]", b"{}", b"\xff\xfe\x00", b"null")


@pytest.fixture(scope="module")
def panel():
    return shop_panel(busy_demand(3, N_TIME))


@pytest.fixture(scope="module")
def trained(panel):
    return train(panel, SPEC, TrainingOptions(("NPTS", "LightGBM", "Theta", "TSB")))


@pytest.fixture
def saved(trained, tmp_path):
    trained.save(tmp_path)
    return tmp_path


class TestNewData:
    def test_the_forecast_follows_the_data_it_is_given(self, panel, trained):
        longer = shop_panel(busy_demand(3, N_TIME + 7))
        found = trained.forecast(longer)
        assert np.array_equal(found.times, longer.future_times(5))
        assert found.keys.equals(longer.keys)
        assert not np.array_equal(found.quantiles, trained.forecast(panel).quantiles)

    def test_new_series_are_forecast_with_the_group_s_shares(self, trained):
        demand = np.vstack([busy_demand(3, N_TIME), busy_demand(1, N_TIME) * 5])
        history = shop_panel(demand)
        found = trained.forecast(history)
        assert found.quantiles.shape == (4, 5, len(GRID))
        recent = demand[3, -14:].mean()
        assert recent / 2 < found.quantiles[3, :, GRID.index(0.5)].mean() < recent * 2

    def test_series_are_known_by_their_keys_not_by_their_place(self, panel, trained):
        rows = np.array([2, 0])
        found = trained.forecast(panel.select(rows))
        whole = trained.forecast(panel)
        assert found.quantiles == pytest.approx(whole.quantiles[rows])

    def test_only_new_series_will_do(self, trained):
        history = shop_panel(busy_demand(1, N_TIME))
        renamed = replace(history, keys=pl.DataFrame({"item_id": ["brand-new"]}))
        assert np.isfinite(trained.forecast(renamed).quantiles).all()

    def test_a_series_without_history_is_forecast(self, trained):
        demand = np.vstack([busy_demand(3, N_TIME), np.full((1, N_TIME), np.nan)])
        found = trained.forecast(shop_panel(demand)).quantiles
        assert (found[3, :, GRID.index(0.9)] > 0).all()

    def test_quantiles_are_in_order(self, panel, trained):
        quantiles = trained.forecast(panel).quantiles
        assert (np.diff(quantiles, axis=2) >= -1e-9).all()
        assert (quantiles >= 0).all()

    def test_another_frequency_is_refused(self, panel, trained):
        weekly = replace(panel, frequency=Frequency.parse("W"))
        with pytest.raises(InputError, match="the data's frequency is W, the predictor's D"):
            trained.forecast(weekly)


class TestSaved:
    def test_it_forecasts_the_same_to_the_last_bit(self, panel, trained, saved):
        again = TrainedPredictor.load(saved)
        assert again.forecast(panel).quantiles.tobytes() == (
            trained.forecast(panel).quantiles.tobytes()
        )

    def test_it_remembers_what_it_was(self, trained, saved):
        again = TrainedPredictor.load(saved)
        assert again.spec == trained.spec
        assert again.frequency == trained.frequency
        assert again.keys.equals(trained.keys)
        assert again.weights == trained.weights
        assert again.blend.spread == trained.blend.spread
        assert np.array_equal(again.blend.series_weights, trained.blend.series_weights)
        assert again.left_out == trained.left_out == {"TSB": "demand is not intermittent"}
        assert again.messages == trained.messages
        assert again.seconds == trained.seconds
        assert again.accuracy.as_accuracy_metrics() == trained.accuracy.as_accuracy_metrics()

    def test_it_keeps_its_backtests_to_the_last_bit(self, trained, saved):
        again = TrainedPredictor.load(saved)
        assert len(again.backtests) == len(trained.backtests) == 1
        for one, other in zip(again.backtests, trained.backtests, strict=True):
            assert one.window == other.window
            assert one.forecast.quantiles.tobytes() == other.forecast.quantiles.tobytes()
            assert np.array_equal(one.forecast.times, other.forecast.times)
            assert one.forecast.keys.equals(other.forecast.keys)
            assert np.array_equal(one.actual, other.actual, equal_nan=True)
            assert np.array_equal(one.scored, other.scored)
            assert np.array_equal(one.scale, other.scale, equal_nan=True)

    def test_backtests_need_not_be_read(self, panel, trained, saved):
        again = TrainedPredictor.load(saved, backtests=False)
        assert again.backtests == ()
        assert np.array_equal(again.forecast(panel).quantiles, trained.forecast(panel).quantiles)

    def test_what_earlier_versions_saved_can_be_read(self, saved):
        path = saved / "predictor.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        del manifest["spec"]["training_parameters"]
        for name in ("optimization_metric", "best"):
            del manifest["accuracy"][name]
        path.write_text(json.dumps(manifest), encoding="utf-8")
        (saved / "backtests.parquet").unlink()
        again = TrainedPredictor.load(saved)
        assert again.spec == SPEC
        assert again.accuracy.optimization_metric == "AverageWeightedQuantileLoss"
        assert again.accuracy.best is None
        assert again.backtests == ()

    def test_saved_again_it_is_the_same(self, saved, tmp_path_factory):
        other = tmp_path_factory.mktemp("again")
        TrainedPredictor.load(saved).save(other)
        files = {p.relative_to(saved): p.read_bytes() for p in saved.rglob("*") if p.is_file()}
        again = {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()}
        assert files == again

    def test_nothing_on_disk_is_code(self, saved):
        suffixes = {path.suffix for path in saved.rglob("*") if path.is_file()}
        assert suffixes <= {".json", ".parquet", ".txt", ".safetensors"}

    def test_forecast_dimensions_are_part_of_the_keys(self, tmp_path):
        panel = shop_panel(busy_demand(2, 40))
        keys = pl.DataFrame({"item_id": ["a", "a"], "store": ["north", "south"]})
        trained = train(replace(panel, keys=keys), SPEC, TrainingOptions(("Theta",)))
        trained.save(tmp_path)
        assert TrainedPredictor.load(tmp_path).keys.equals(keys)


class TestDamaged:
    @pytest.fixture
    def trained(self, panel):
        return train(panel, SPEC, TrainingOptions(("Theta",)))

    @pytest.fixture
    def refused(self, saved):
        def check(message="no usable predictor"):
            with pytest.raises(InputError, match=message) as caught:
                TrainedPredictor.load(saved)
            assert str(saved) in str(caught.value)

        return check

    def test_no_folder(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere: no usable predictor.*train again"):
            TrainedPredictor.load(tmp_path / "nowhere")

    def test_an_empty_folder(self, tmp_path):
        with pytest.raises(InputError, match="no usable predictor"):
            TrainedPredictor.load(tmp_path)

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe\x00", b"null"], ids=range(6)
    )
    def test_a_broken_manifest(self, saved, refused, content):
        (saved / "predictor.json").write_bytes(content)
        refused()

    def test_a_manifest_that_lacks_a_part(self, saved, refused):
        whole = json.loads((saved / "predictor.json").read_text(encoding="utf-8"))
        for name in set(whole) - LATER:
            part = {key: value for key, value in whole.items() if key != name}
            (saved / "predictor.json").write_text(json.dumps(part), encoding="utf-8")
            refused()

    def test_another_format(self, saved, refused):
        manifest = json.loads((saved / "predictor.json").read_text(encoding="utf-8"))
        manifest["format"] = 99
        (saved / "predictor.json").write_text(json.dumps(manifest), encoding="utf-8")
        refused("predictor format 99 is not .*another version of Forecastle: train again")

    @pytest.mark.parametrize("content", [None, b"", b"PAR1 but no more"])
    def test_broken_weights(self, saved, refused, content):
        path = saved / "series_weights.parquet"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        refused()

    @pytest.mark.parametrize("content", [b"", b"PAR1 but no more"])
    def test_broken_backtests(self, saved, refused, content):
        (saved / "backtests.parquet").write_bytes(content)
        refused()

    def test_a_member_that_is_gone(self, saved, refused, trained):
        folder = saved / trained.blend.algorithms[0]
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        refused()
