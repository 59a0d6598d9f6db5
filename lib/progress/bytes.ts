/** A size for people, in the units of Docker: `12.3MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), units.length - 1);
  return `${power === 0 ? size : (size / 1000 ** power).toFixed(1)}${units[power] ?? ''}`;
}
