// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { compileMessage } from './message-plugin.ts';
import { pseudoMessage } from './pseudo-locale.ts';

describe('compiling a sentence', () => {
  it('leaves no positions and no compiler input behind', () => {
    expect(compileMessage('Live since {clock}')).toEqual({
      t: 0,
      b: {
        t: 2,
        i: [
          { t: 3, v: 'Live since ' },
          { t: 4, k: 'clock' },
        ],
      },
    });
  });

  it('stops the build at a malformed one, with its text', () => {
    expect(() => compileMessage('Live since {clock', 'home.json')).toThrow(/home\.json.*Live since \{clock/);
  });
});

describe('the pseudo-locale', () => {
  it('is longer by 40 %, accented and in brackets', () => {
    const sentence = 'Nothing is live and nobody is affected.';
    const pseudo = pseudoMessage(sentence);

    expect(pseudo).toMatch(/^⟦Ñöţ.*⟧$/u);
    expect([...pseudo].length - 2).toBe(Math.ceil(sentence.length * 1.4));
  });

  it('keeps placeholders, literals and plural choices as they are', () => {
    const pseudo = pseudoMessage("none | one {thing} | {n} at {'|'} x");

    expect(pseudo.split(/\|(?![^{]*\})/)).toHaveLength(3);
    expect(pseudo).toContain('{thing}');
    expect(pseudo).toContain("{'|'}");
    expect(() => compileMessage(pseudo)).not.toThrow();
  });
});
