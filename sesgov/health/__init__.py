"""Whether sesgov works: for load balancers, for whoever is on call, and for Prometheus."""
