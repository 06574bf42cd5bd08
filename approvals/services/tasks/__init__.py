"""Change tasks: what is to be done in AWS, opened by decisions and settled by readings."""
