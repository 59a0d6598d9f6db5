# Makes an authority in the folder $1, and what it has signed: server.crt for loopback and client.crt, with their keys.
set -eu
cd "$1"
key='ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# shellcheck disable=SC2086
openssl req -x509 -newkey $key -days 1 -subj '/CN=test authority' -keyout ca.key -out ca.crt
sign() {
  # shellcheck disable=SC2086
  openssl req -newkey $key -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" -addext "$2"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -copy_extensions copy -out "$1.crt"
}
sign server 'subjectAltName=IP:127.0.0.1,DNS:localhost'
sign client 'extendedKeyUsage=clientAuth'
