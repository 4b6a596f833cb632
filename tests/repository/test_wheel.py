"""The wheel: it can be built, installed, and run away from the source."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import forecastle
from tests.shop import write_sales

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_installs_and_runs(tmp_path: Path):
    """Its dependencies come from this environment, so that no network is needed."""
    build = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    [wheel] = tmp_path.glob("forecastle-*.whl")
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / "bin" / "python"
    install = ["-m", "pip", "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run([python, *install], check=True, capture_output=True)
    dependencies = tmp_path / "dependencies"
    _link_dependencies(dependencies)
    sales = write_sales(tmp_path / "sales.csv")
    command = ["run", str(sales), "--algorithms", "SeasonalNaive", "--workers", "1"]
    for arguments, part in ((["--version"], forecastle.__version__), (command, "Report:")):
        done = subprocess.run(
            [tmp_path / "fresh" / "bin" / "forecastle", *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(dependencies)},
        )
        assert part in done.stdout


def _link_dependencies(folder: Path) -> None:
    """Everything installed here but Forecastle itself."""
    folder.mkdir()
    for source in Path(next(path for path in sys.path if path.endswith("site-packages"))).iterdir():
        if "forecastle" not in source.name and source.suffix != ".pth":
            (folder / source.name).symlink_to(source)
