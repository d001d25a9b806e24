import { periodEnd } from './recurrence.ts';

const at = (text: string) => Date.parse(text) / 1000;

it.each([
  ['month', 1, '2026-01-31T10:00:00Z', '2026-01-31T10:00:00Z', '2026-02-28T10:00:00Z'],
  ['month', 1, '2026-01-31T10:00:00Z', '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
  ['month', 3, '2025-11-30T00:00:00Z', '2025-11-30T00:00:00Z', '2026-02-28T00:00:00Z'],
  ['year', 1, '2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '2025-02-28T00:00:00Z'],
  ['year', 1, '2024-02-29T00:00:00Z', '2027-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['week', 2, '2026-01-01T00:00:00Z', '2026-01-14T23:59:59Z', '2026-01-15T00:00:00Z'],
  ['day', 30, '2026-01-01T00:00:00Z', '2026-01-31T00:00:00Z', '2026-03-02T00:00:00Z'],
] as const)('every %s × %i from %s: a period from %s ends at %s', (interval, interval_count, anchor, after, end) => {
  expect(periodEnd(at(anchor), { interval, interval_count }, at(after))).toBe(at(end));
});
