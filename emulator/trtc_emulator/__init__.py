"""A local service that answers Tencent RTC's web-record API (version 2019-07-22) and records pages."""
