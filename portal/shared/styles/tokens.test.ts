// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const source = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = source.split('@media screen');

function coloursOf(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** WCAG 2.2 relative luminance of `#rrggbb`. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one = '', other = ''): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

const grounds = ['canvas', 'surface', 'sunken'];
const softs = ['accent-soft', 'ok-soft', 'wait-soft', 'bad-soft', 'info-soft', 'neutral-soft'];

const promises: [string, number, string[]][] = [
  ['text', 12, [...grounds, ...softs]],
  ['muted', 6.4, grounds],
  ['muted', 4.5, softs],
  ['faint', 4.7, grounds],
  ['accent', 4.5, grounds],
  ['accent-hover', 4.5, grounds],
  ['line-strong', 3.4, grounds],
  ['focus', 4.5, grounds],
  ['ok', 5.6, ['ok-soft']],
  ['wait', 5.6, ['wait-soft']],
  ['bad', 5.6, ['bad-soft']],
  ['info', 5.6, ['info-soft']],
  ['accent', 5.6, ['accent-soft']],
  ['on-accent', 4.5, ['accent-fill', 'accent-fill-hover']],
  ['on-bad', 4.5, ['bad']],
];

describe.each([
  ['light', coloursOf(light)],
  ['dark', coloursOf(dark)],
])('the %s colours', (_mode, colours) => {
  it.each(promises.flatMap(([role, least, on]) => on.map((ground) => ({ role, least, ground }))))(
    '$role reaches $least:1 on $ground',
    ({ role, least, ground }) => {
      expect(contrast(colours[role], colours[ground])).toBeGreaterThanOrEqual(least);
    },
  );
});

it('both modes know the same roles', () => {
  expect(Object.keys(coloursOf(dark)).sort()).toEqual(Object.keys(coloursOf(light)).sort());
});
