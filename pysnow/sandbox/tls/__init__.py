"""TLS of the sandbox: an authority made for one run, and a certificate for the loopback names.

Written with the standard library, which can speak TLS and not make certificates: a sandbox shall serve https wherever
it is installed. The keys live as long as one sandbox, serve the loopback interface alone and are of no use elsewhere;
what signs here is not made for keys that are worth an attack (it takes different times for different keys).
"""
