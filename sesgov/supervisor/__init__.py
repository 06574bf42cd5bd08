"""Starts what the environment does not give, and leaves nothing behind.

`services.use` lends embedded PostgreSQL and Redis to any process for as long as it lives; a keeper process of their own
(`keeper`) starts them and stops them after the last user, however that one ended. `run` is what `./run` becomes after
the set-up (`setup`, which works with the standard library alone, since it runs before anything is installed).
"""
