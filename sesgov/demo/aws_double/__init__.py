"""A double of AWS on the loopback interface: moto, extended by what it lacks and by faults on demand.

    python -m sesgov.demo.aws_double --port 0 --world world.json      # prints: listening http://127.0.0.1:PORT

Code under test meets it only through ``AWS_ENDPOINT_URL``. What the double itself is told (worlds, faults) and
asked (the log of calls) goes over the same port under ``/_double/``; ``client.DoubleClient`` speaks that.

A request passes: recognised (``call``) -> account of its access key (``credentials``) -> faults -> an answer of our
own (``sesv2``, ``ses``, ``sts``, ``organizations``, ``account``, ``ec2``) or moto's -> written to the log.
Identities live in moto's own SES storage, so both see the same.
"""
