"""The 65 operations: who may call them, and what each does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forecastle.catalog.access_keys import Role
from forecastle.core.names import ResourceType
from forecastle.service.auto_predictors import create_auto_predictor, describe_auto_predictor
from forecastle.service.context import Context
from forecastle.service.contract import operations
from forecastle.service.dataset_groups import (
    create_dataset_group,
    describe_dataset_group,
    list_dataset_groups,
    update_dataset_group,
)
from forecastle.service.dataset_import_jobs import (
    create_dataset_import_job,
    describe_dataset_import_job,
    list_dataset_import_jobs,
)
from forecastle.service.datasets import create_dataset, describe_dataset, list_datasets
from forecastle.service.deletion import Deletion, delete_resource_tree
from forecastle.service.explainabilities import (
    EXPLAINABILITY_EXPORT,
    create_explainability,
    describe_explainability,
    list_explainabilities,
)
from forecastle.service.exports import BACKTEST_EXPORT, FORECAST_EXPORT
from forecastle.service.forecasts import create_forecast, describe_forecast, list_forecasts
from forecastle.service.monitors import (
    create_monitor,
    describe_monitor,
    list_monitor_evaluations,
    list_monitors,
)
from forecastle.service.predictors import (
    create_predictor,
    describe_predictor,
    get_accuracy_metrics,
    list_predictors,
)
from forecastle.service.queries import query_forecast
from forecastle.service.rights import refuse_below
from forecastle.service.stopping import resume_resource, stop_resource
from forecastle.service.tagging import list_tags_for_resource, tag_resource, untag_resource
from forecastle.service.validation import validate
from forecastle.service.what_if_analyses import (
    create_what_if_analysis,
    describe_what_if_analysis,
    list_what_if_analyses,
)
from forecastle.service.what_if_exports import (
    create_what_if_export,
    describe_what_if_export,
    list_what_if_exports,
)
from forecastle.service.what_if_forecasts import (
    create_what_if_forecast,
    describe_what_if_forecast,
    list_what_if_forecasts,
    query_what_if_forecast,
)

Handler = Callable[[Context, Mapping[str, Any]], dict[str, Any]]

_READING = ("Describe", "List", "Get", "Query")

HANDLERS: Mapping[str, Handler] = {
    "CreateDataset": create_dataset,
    "DescribeDataset": describe_dataset,
    "ListDatasets": list_datasets,
    "DeleteDataset": Deletion("DatasetArn", ResourceType.DATASET),
    "CreateDatasetGroup": create_dataset_group,
    "UpdateDatasetGroup": update_dataset_group,
    "DescribeDatasetGroup": describe_dataset_group,
    "ListDatasetGroups": list_dataset_groups,
    "DeleteDatasetGroup": Deletion("DatasetGroupArn", ResourceType.DATASET_GROUP),
    "CreateDatasetImportJob": create_dataset_import_job,
    "DescribeDatasetImportJob": describe_dataset_import_job,
    "ListDatasetImportJobs": list_dataset_import_jobs,
    "DeleteDatasetImportJob": Deletion("DatasetImportJobArn", ResourceType.DATASET_IMPORT_JOB),
    "CreatePredictor": create_predictor,
    "DescribePredictor": describe_predictor,
    "CreateAutoPredictor": create_auto_predictor,
    "DescribeAutoPredictor": describe_auto_predictor,
    "ListPredictors": list_predictors,
    "DeletePredictor": Deletion("PredictorArn", ResourceType.PREDICTOR),
    "GetAccuracyMetrics": get_accuracy_metrics,
    "CreatePredictorBacktestExportJob": BACKTEST_EXPORT.create,
    "DescribePredictorBacktestExportJob": BACKTEST_EXPORT.describe,
    "ListPredictorBacktestExportJobs": BACKTEST_EXPORT.list,
    "DeletePredictorBacktestExportJob": Deletion(
        "PredictorBacktestExportJobArn", ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB
    ),
    "CreateForecast": create_forecast,
    "DescribeForecast": describe_forecast,
    "ListForecasts": list_forecasts,
    "DeleteForecast": Deletion("ForecastArn", ResourceType.FORECAST),
    "QueryForecast": query_forecast,
    "CreateForecastExportJob": FORECAST_EXPORT.create,
    "DescribeForecastExportJob": FORECAST_EXPORT.describe,
    "ListForecastExportJobs": FORECAST_EXPORT.list,
    "DeleteForecastExportJob": Deletion("ForecastExportJobArn", ResourceType.FORECAST_EXPORT_JOB),
    "CreateExplainability": create_explainability,
    "DescribeExplainability": describe_explainability,
    "ListExplainabilities": list_explainabilities,
    "DeleteExplainability": Deletion("ExplainabilityArn", ResourceType.EXPLAINABILITY),
    "CreateExplainabilityExport": EXPLAINABILITY_EXPORT.create,
    "DescribeExplainabilityExport": EXPLAINABILITY_EXPORT.describe,
    "ListExplainabilityExports": EXPLAINABILITY_EXPORT.list,
    "DeleteExplainabilityExport": Deletion(
        "ExplainabilityExportArn", ResourceType.EXPLAINABILITY_EXPORT
    ),
    "CreateWhatIfAnalysis": create_what_if_analysis,
    "DescribeWhatIfAnalysis": describe_what_if_analysis,
    "ListWhatIfAnalyses": list_what_if_analyses,
    "DeleteWhatIfAnalysis": Deletion("WhatIfAnalysisArn", ResourceType.WHAT_IF_ANALYSIS),
    "CreateWhatIfForecast": create_what_if_forecast,
    "DescribeWhatIfForecast": describe_what_if_forecast,
    "ListWhatIfForecasts": list_what_if_forecasts,
    "DeleteWhatIfForecast": Deletion("WhatIfForecastArn", ResourceType.WHAT_IF_FORECAST),
    "QueryWhatIfForecast": query_what_if_forecast,
    "CreateWhatIfForecastExport": create_what_if_export,
    "DescribeWhatIfForecastExport": describe_what_if_export,
    "ListWhatIfForecastExports": list_what_if_exports,
    "DeleteWhatIfForecastExport": Deletion(
        "WhatIfForecastExportArn", ResourceType.WHAT_IF_FORECAST_EXPORT
    ),
    "CreateMonitor": create_monitor,
    "DescribeMonitor": describe_monitor,
    "ListMonitors": list_monitors,
    "ListMonitorEvaluations": list_monitor_evaluations,
    "DeleteMonitor": Deletion("MonitorArn", ResourceType.MONITOR),
    "DeleteResourceTree": delete_resource_tree,
    "StopResource": stop_resource,
    "ResumeResource": resume_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}

ROLES: Mapping[str, Role] = {
    name: Role.VIEWER if name.startswith(_READING) else Role.OPERATOR for name in HANDLERS
}
"""The least role that each operation asks for."""


def call(context: Context, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Do an operation.

    Args:
        context: who asks, and what there is to work with.
        operation: its name; one of the service model.
        parameters: the request, as `serialisation.parse` gives it.

    Returns:
        The members of the answer; times in seconds since 1970, members without a value are None.

    Raises:
        AccessDenied: the caller's role is not enough.
        ValidationFailed: a parameter breaks a constraint of the service model.
        ForecastleError: whatever the operation refuses.
    """
    refuse_below(context.caller, ROLES[operation], f"forecast:{operation}")
    validate(operations()[operation], parameters)
    return HANDLERS[operation](context, parameters)
