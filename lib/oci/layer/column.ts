type Kind =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Float64ArrayConstructor;

/** Numbers by their indexes from 0, outside of the heap. What was never set is 0. */
export interface Column {
  get(index: number): number;
  set(index: number, value: number): void;
}

/** Small enough for a layer of one file, and for one of a million. */
const PAGE_LENGTH = 512;

/** Grows page by page: an array that is copied when it grows leaves the old one behind for a while. */
export function createColumn(kind: Kind): Column {
  const pages: InstanceType<Kind>[] = [];
  return {
    get: (index) => pages[Math.floor(index / PAGE_LENGTH)]?.[index % PAGE_LENGTH] ?? 0,
    set(index, value) {
      const page = (pages[Math.floor(index / PAGE_LENGTH)] ??= new kind(PAGE_LENGTH));
      page[index % PAGE_LENGTH] = value;
    },
  };
}
