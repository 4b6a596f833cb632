"""AutoML: backtest every fit algorithm, blend, refit → TrainedPredictor."""
