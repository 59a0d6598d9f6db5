module platform-marker/tests/oracle/tar

go 1.24
