"""The simulated register of internet fraud: 2024, 2025 and the first days of 2026, calibrated to the published
counts.
"""
