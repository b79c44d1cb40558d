"""What every backend must do. Each test runs on each installed backend, on asyncio and on trio."""
