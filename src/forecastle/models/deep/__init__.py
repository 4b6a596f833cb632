"""Neural networks (extra ``deep``): what DeepAR+ and CNN-QR share."""
