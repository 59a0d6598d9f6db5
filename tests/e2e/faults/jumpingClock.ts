// Loaded before a verb: its wall clock is an hour ahead and an hour behind, a second each in turn.
const { now } = Date;
const jump = () => (Math.floor(performance.now() / 1_000) % 2 === 0 ? 3_600_000 : -3_600_000);
Date.now = () => now() + jump();
globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[]) =>
    Reflect.construct(target, given.length === 0 ? [Date.now()] : given) as Date,
});
