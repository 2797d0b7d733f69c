// Makes the collector look after result pages and replies where the module shares its isolate with them.
//
// V8 collects when the heap, with all that buffers hold, has grown by a part of what it was. The module's memory is
// counted with it, so 100 to 250 MB of what nobody holds any more piles up beside 125 MB of module. A buffer that
// is never touched costs address space alone and counts as growth: one for every few MB brings the
// collector in time. It must be held long enough to leave the young generation, whose collections do not see pages
// that an older object ever pointed to.
const every = 4 << 20;
const size = 64 << 20;

export class Ballast {
  private passed = 0;
  private readonly held: ArrayBuffer[] = [];

  /** So many bytes came, or are on their way out. */
  note(bytes: number): void {
    this.passed += bytes;
    if (this.passed < every) return;
    this.passed = 0;
    try {
      this.held[0] = new ArrayBuffer(size);
    } catch {
      this.drop(); // no address space to spare
    }
  }

  drop(): void {
    this.held.length = 0;
  }
}
