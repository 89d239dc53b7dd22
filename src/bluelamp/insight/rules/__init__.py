"""Figures from values alone: a day's hours, sums of promises, where a chart's parts stand."""
