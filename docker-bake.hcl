# What is built. The data is in docker-bake.json, which `make generate` writes from distros.yaml and which bake reads
# beside this file; docker-bake.override.hcl and .json stay free for people.

group "default" {
  targets = ["marker"]
}

# The marker image of each distro, as an OCI layout: `docker buildx bake marker`, or `marker-<distro>` for one.
target "marker" {
  matrix     = { d = DISTROS }
  name       = "marker-${d.name}"
  context    = STAGES
  dockerfile = "marker.Dockerfile"
  contexts   = d.contexts
  platforms  = d.platforms
  # The same input gives the same index digest: no build time, no attestation that would name one.
  args   = { SOURCE_DATE_EPOCH = "0" }
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
  # Its own layer is not compressed: BuildKit's releases do not compress alike, and a base's layers stay as they are.
  output = ["type=oci,dest=${d.out},tar=false,rewrite-timestamp=true,compression=uncompressed"]
}

# The subject, once for each path and distro: `docker buildx bake worker-context-<distro>`.
target "worker" {
  matrix     = { w = WORKERS }
  name       = w.name
  context    = w.context
  dockerfile = w.dockerfile
  target     = w.target
  args       = w.args
  contexts   = w.contexts
  platforms  = w.platforms
  attest     = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
  output     = ["type=cacheonly"]
}

# What carries the marker out of it: `docker buildx bake probe-worker-context-<distro>`.
target "probe" {
  matrix     = { w = WORKERS }
  name       = "probe-${w.name}"
  context    = STAGES
  dockerfile = "probe.Dockerfile"
  contexts   = { worker = "target:${w.name}" }
  args       = w.probe
  platforms  = w.platforms
  attest     = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
  output     = ["type=oci,dest=${w.out},tar=false"]
}
