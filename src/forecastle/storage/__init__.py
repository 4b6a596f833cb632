"""Files in and out: CSV and Parquet, atomic writes, Amazon Forecast's export layouts."""
