"""The library's face: files and data frames in, forecasts and files out."""
