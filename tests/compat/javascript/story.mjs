// The mission through the JavaScript SDK; prints what the test looks at as one line of JSON.
import {
  CreateDatasetCommand,
  CreateDatasetGroupCommand,
  CreateDatasetImportJobCommand,
  CreateForecastCommand,
  CreateForecastExportJobCommand,
  CreatePredictorCommand,
  DescribeAutoPredictorCommand,
  DescribeDatasetImportJobCommand,
  DescribeForecastCommand,
  DescribeForecastExportJobCommand,
  DescribePredictorCommand,
  ForecastClient,
  GetAccuracyMetricsCommand,
  InvalidInputException,
  ResourceNotFoundException,
} from "@aws-sdk/client-forecast";
import { ForecastqueryClient, QueryForecastCommand } from "@aws-sdk/client-forecastquery";

const forecast = new ForecastClient({ endpoint: process.env.AWS_ENDPOINT_URL_FORECAST });
const query = new ForecastqueryClient({ endpoint: process.env.AWS_ENDPOINT_URL_FORECASTQUERY });
const role = "arn:aws:iam::000000000000:role/forecast";

async function wait(command) {
  for (;;) {
    const found = await forecast.send(command);
    if (!/(PENDING|IN_PROGRESS)$/.test(found.Status)) {
      if (found.Status !== "ACTIVE") throw new Error(`${found.Status}: ${found.Message}`);
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function errorOf(command) {
  try {
    await forecast.send(command);
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}

const { DatasetArn } = await forecast.send(
  new CreateDatasetCommand({
    DatasetName: "js_sales",
    Domain: "RETAIL",
    DatasetType: "TARGET_TIME_SERIES",
    DataFrequency: "D",
    Schema: {
      Attributes: [
        { AttributeName: "item_id", AttributeType: "string" },
        { AttributeName: "timestamp", AttributeType: "timestamp" },
        { AttributeName: "demand", AttributeType: "float" },
      ],
    },
  }),
);
const { DatasetImportJobArn } = await forecast.send(
  new CreateDatasetImportJobCommand({
    DatasetImportJobName: "js",
    DatasetArn,
    DataSource: { S3Config: { Path: "s3://shop/input", RoleArn: role } },
    TimestampFormat: "yyyy-MM-dd",
  }),
);
const imported = await wait(new DescribeDatasetImportJobCommand({ DatasetImportJobArn }));
const { DatasetGroupArn } = await forecast.send(
  new CreateDatasetGroupCommand({
    DatasetGroupName: "js_group",
    Domain: "RETAIL",
    DatasetArns: [DatasetArn],
  }),
);
const { PredictorArn } = await forecast.send(
  new CreatePredictorCommand({
    PredictorName: "js_predictor",
    AlgorithmArn: "arn:aws:forecast:::algorithm/ETS",
    ForecastHorizon: 7,
    InputDataConfig: { DatasetGroupArn },
    FeaturizationConfig: { ForecastFrequency: "D" },
  }),
);
await wait(new DescribePredictorCommand({ PredictorArn }));
const metrics = await forecast.send(new GetAccuracyMetricsCommand({ PredictorArn }));
const { ForecastArn } = await forecast.send(
  new CreateForecastCommand({ ForecastName: "js_forecast", PredictorArn }),
);
await wait(new DescribeForecastCommand({ ForecastArn }));
const { Forecast } = await query.send(
  new QueryForecastCommand({ ForecastArn, Filters: { item_id: "tea" } }),
);
const { ForecastExportJobArn } = await forecast.send(
  new CreateForecastExportJobCommand({
    ForecastExportJobName: "js",
    ForecastArn,
    Destination: { S3Config: { Path: "s3://shop/js-output", RoleArn: role } },
  }),
);
const exported = await wait(new DescribeForecastExportJobCommand({ ForecastExportJobArn }));
const notFound = await errorOf(new DescribePredictorCommand({ PredictorArn: `${PredictorArn}x` }));
const invalid = await errorOf(new DescribeAutoPredictorCommand({ PredictorArn }));

console.log(
  JSON.stringify({
    creationIsDate: exported.CreationTime instanceof Date,
    count: imported.FieldStatistics.demand.Count,
    windows: metrics.PredictorEvaluationResults[0].TestWindows.map((each) => each.EvaluationType),
    predictions: Forecast.Predictions,
    notFound: notFound instanceof ResourceNotFoundException,
    invalid: invalid instanceof InvalidInputException,
    message: invalid.message,
  }),
);
