"""``forecastle pipeline import-aws``: AWS's forecast-defaults.yaml as pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.administrator import administrator
from forecastle.cli.auditing import audit_locally
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir
from forecastle.cli.text_files import read_text
from forecastle.core.errors import InputError

if TYPE_CHECKING:
    from forecastle.pipelines.aws import ImportedGroup

Defaults = Annotated[
    Path, typer.Argument(metavar="FILE", help="The forecast-defaults.yaml of AWS's pipeline")
]
Bucket = Annotated[str, typer.Option(help="The bucket with the folder train/", metavar="NAME")]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group", help="A group that Default holds for, by the name of its files", metavar="NAME"
    ),
]
Apply = Annotated[bool, typer.Option("--apply", help="Apply the pipelines at once")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder to write a file per pipeline to", metavar="DIR")
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace files of the same names in --out")
]


def import_aws(
    file: Defaults,
    bucket: Bucket,
    group: Groups = None,
    apply: Apply = False,
    out: Out = None,
    overwrite: Overwrite = False,
    data_dir: DataDir = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make pipelines of AWS's forecast-defaults.yaml: shown, written with --out, or applied."""
    from forecastle.pipelines.aws import read_forecast_defaults
    from forecastle.pipelines.writing import pipeline_to_yaml

    found = read_forecast_defaults(read_text(file), file.name, bucket, group or ())
    texts = {each.pipeline.name: pipeline_to_yaml(each.pipeline) for each in found}
    output = Output(quiet, json)
    if out is not None:
        _write(out, texts, overwrite=overwrite)
    if apply:
        _apply(texts, data_dir)
    for each in found:
        output.say(*_told(each, texts[each.pipeline.name], out, applied=apply))
    output.give([_record(each, texts[each.pipeline.name]) for each in found])


def _write(folder: Path, texts: dict[str, str], *, overwrite: bool) -> None:
    paths = {folder / f"{name}.yaml": text for name, text in texts.items()}
    taken = [path for path in paths if path.exists()]
    if taken and not overwrite:
        raise InputError(f"{taken[0]} exists already; choose another folder, or --overwrite")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_text(text, "utf-8")


def _apply(texts: dict[str, str], data_dir: Path | None) -> None:
    from forecastle.pipelines.control import apply_pipeline

    with administrator(data_dir) as context:
        for name, text in texts.items():
            record = apply_pipeline(context, text, f"{name}.yaml")
            audit_locally(context.service.catalog, "ApplyPipeline", record.name, record.account)


def _told(each: ImportedGroup, text: str, out: Path | None, *, applied: bool) -> Sequence[str]:
    """What became of a group, for people."""
    name = each.pipeline.name
    done = [f"{name} is applied"] if applied else []
    if out is not None:
        done.append(f"written to {out / f'{name}.yaml'}")
    head = f"Pipeline {name}: {', '.join(done)}." if done else text.rstrip("\n")
    return head, *(f"# not carried over: {sentence}" for sentence in each.left_out)


def _record(each: ImportedGroup, text: str) -> dict[str, object]:
    return {"Pipeline": each.pipeline.name, "Text": text, "NotCarriedOver": list(each.left_out)}
