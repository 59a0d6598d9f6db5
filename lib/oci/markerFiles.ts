/** What a marker image carries at its root beside its base: the name of its platform, and in a run's own the seal over it. */
export const MARKER_FILE = 'platform-marker';
export const SEAL_FILE = `${MARKER_FILE}.seal`;
