"""Tasks on a cluster: the same results, errors as they are, and workers that die."""

import gc
import socket
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from forecastle.compute.choose import executor_for
from forecastle.compute.dask_executor import DaskExecutor
from forecastle.compute.processes import ProcessExecutor
from forecastle.core.errors import ForecastleError, InputError
from forecastle.core.executor import SerialExecutor
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, train
from tests.compute.cluster import (
    Errand,
    PanelTask,
    die,
    divide,
    fail_to_read,
    running_cluster,
    slow,
    square,
    total,
    wait_until,
)
from tests.panels import busy_demand, shop_panel


@pytest.fixture(scope="module")
def cluster():
    with running_cluster(2) as cluster, DaskExecutor(cluster.address) as executor:
        assert executor.workers == 2
        yield executor


def test_gives_every_result_with_the_index_of_its_task(cluster):
    assert dict(cluster.map(square, range(20))) == {number: number**2 for number in range(20)}


def test_no_tasks_give_no_results(cluster):
    assert list(cluster.map(square, [])) == []


def test_tasks_are_taken_as_they_are_needed(cluster):
    taken = []
    results = cluster.map(square, (taken.append(n) or n for n in range(1000)))
    next(results)
    assert len(taken) < 20
    results.close()


def test_results_that_nobody_takes_do_no_harm_after_the_end(cluster):
    with DaskExecutor(cluster._address) as executor:
        results = executor.map(square, range(100))
        next(results)
    results.close()
    assert executor._client is None


def test_the_first_error_of_a_task_is_raised_and_the_cluster_lives_on(cluster):
    with pytest.raises(ZeroDivisionError):
        list(cluster.map(divide, [1, 0, 2]))
    assert dict(cluster.map(square, [4])) == {0: 16}


def test_an_error_of_a_task_is_not_taken_for_one_of_the_cluster(cluster):
    with pytest.raises(OSError, match="the disk is full"):
        list(cluster.map(fail_to_read, [0]))


def test_a_panel_that_tasks_share_arrives_whole_and_is_sent_once(cluster, monkeypatch):
    packed = []
    monkeypatch.setattr(
        Panel, "__getstate__", lambda panel: packed.append(panel) or panel.__dict__, raising=False
    )
    panel, other = (shop_panel(busy_demand(2, n_time)) for n_time in (40, 50))
    tasks = [PanelTask(k, panel if k % 2 else other) for k in range(8)]
    found = dict(cluster.map(total, tasks))
    assert found == dict(SerialExecutor().map(total, tasks))
    assert len(packed) == 2


def test_training_gives_the_same_numbers_as_here(cluster):
    panel = shop_panel(busy_demand(2, 100))
    spec, options = ForecastSpec(5, seed=1), TrainingOptions(("SeasonalNaive", "NPTS", "LightGBM"))
    here, there = train(panel, spec, options), train(panel, spec, options, cluster)
    assert here.blend.series_weights.tobytes() == there.blend.series_weights.tobytes()
    one, other = here.forecast(panel).quantiles, there.forecast(panel, cluster).quantiles
    assert one.tobytes() == other.tobytes()
    assert here.accuracy.blend.windows == there.accuracy.blend.windows


def test_with_a_time_limit_too(cluster):
    panel = shop_panel(busy_demand(2, 60))
    options = TrainingOptions(("SeasonalNaive", "NPTS"), time_limit=600)
    trained = train(panel, ForecastSpec(5), options, cluster)
    assert trained.left_out == {}
    assert np.isfinite(trained.forecast(panel, cluster).quantiles).all()


class TestWorkersThatDie:
    def test_their_tasks_are_run_again_by_a_living_one(self, tmp_path: Path):
        panel = shop_panel(busy_demand(2, 40))
        errands = [Errand(k, str(tmp_path), panel) for k in range(12)]
        with running_cluster(2) as cluster, DaskExecutor(cluster.address) as executor:
            results = executor.map(slow, errands)
            found = dict([next(results)])
            at_work = {path.name.partition("-")[2] for path in tmp_path.iterdir()}
            victim = next(each for each in cluster.workers if str(each.pid) in at_work)
            victim.kill()
            found |= dict(results)
            assert wait_until(lambda: executor.workers == 1)
        expected = panel.target.sum()
        assert found == {k: (k, expected) for k in range(12)}

    def test_a_task_that_kills_workers_again_and_again_is_told_as_such(self):
        with (
            running_cluster(1, tries=0) as cluster,
            DaskExecutor(cluster.address) as executor,
            pytest.raises(ForecastleError, match="died again and again at the same task"),
        ):
            list(executor.map(die, [0]))

    def test_a_scheduler_that_dies_is_told_as_such(self, tmp_path: Path):
        panel = shop_panel(busy_demand(1, 40))
        with running_cluster(1) as cluster, DaskExecutor(cluster.address, timeout=2) as executor:
            results = executor.map(slow, [Errand(k, str(tmp_path), panel) for k in range(20)])
            next(results)
            cluster.scheduler.kill()
            with pytest.raises(ForecastleError, match=f"scheduler at {cluster.address} was lost"):
                list(results)


class TestShards:
    def test_a_worker_that_dies_half_way_changes_nothing(self):
        panel = shop_panel(busy_demand(60, 100))
        spec = ForecastSpec(5, seed=1)
        options = TrainingOptions(("SeasonalNaive", "NPTS", "Theta"), shard_series=10)
        here = train(panel, spec, options)
        with running_cluster(2) as cluster, DaskExecutor(cluster.address) as executor:
            victim = cluster.workers[0]

            def kill_half_way(progress):
                parts = {part.name: part for part in progress.parts}
                if parts["AutoML"].done == 2 and victim.poll() is None:
                    victim.kill()

            there = train(panel, spec, options, executor, kill_half_way)
            forecast = there.forecast(panel, executor)
            assert wait_until(lambda: executor.workers == 1)
        assert there.blend.series_weights.tobytes() == here.blend.series_weights.tobytes()
        assert there.accuracy.blend.windows == here.accuracy.blend.windows
        assert forecast.quantiles.tobytes() == here.forecast(panel).quantiles.tobytes()

    def test_panels_are_let_go_one_after_the_other(self, cluster):
        alive = []

        def tasks():
            for number in range(20):
                panel = shop_panel(busy_demand(1, 40))
                alive.append(weakref.ref(panel))
                yield PanelTask(number, panel)
                del panel

        for _ in cluster.map(total, tasks()):
            gc.collect()
            assert sum(each() is not None for each in alive) < 10


class TestWithoutACluster:
    @pytest.fixture
    def free_address(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            yield f"tcp://127.0.0.1:{taken.getsockname()[1]}"

    def test_a_scheduler_that_does_not_answer_is_named(self, free_address):
        with (
            pytest.raises(InputError, match=rf"scheduler {free_address} does not answer .*start"),
            DaskExecutor(free_address, timeout=0.5),
        ):
            pass

    def test_an_address_that_is_none_is_named(self):
        with pytest.raises(InputError, match="scheduler nonsense://x does not answer"):
            DaskExecutor("nonsense://x", timeout=0.5).__enter__()

    def test_a_scheduler_without_workers_is_named(self):
        with (
            running_cluster(0) as cluster,
            pytest.raises(InputError, match=r"has no workers; start some by `dask worker tcp://"),
        ):
            DaskExecutor(cluster.address, timeout=0.5).__enter__()

    def test_without_the_extra_the_remedy_is_told(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(InputError, match=r"pip install 'forecastle\[dask\]'"):
            DaskExecutor("tcp://127.0.0.1:8786")


class TestChoice:
    def test_a_scheduler_comes_first(self):
        assert isinstance(executor_for("tcp://127.0.0.1:8786", 1), DaskExecutor)

    def test_one_worker_is_this_process(self):
        with executor_for(workers=1) as executor:
            assert isinstance(executor, SerialExecutor)

    def test_else_processes(self):
        assert isinstance(executor_for(), ProcessExecutor)
        assert executor_for(None, 3).workers == 3

    def test_fewer_than_one_worker_is_refused(self):
        with pytest.raises(InputError, match="workers: 0"):
            executor_for(workers=0)
