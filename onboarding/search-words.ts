/** What somebody who searches may have meant by what they typed or pasted. */
export interface Sought {
  /** An id in it: alone, or inside an address or a Message-ID; else the whole text, which may be a reference. */
  id: string;
  /** Each is the beginning of a word of a name; empty where there is too little to go by. */
  words: string[];
  /** What an e-mail address may begin with. */
  addressPrefix: string;
}

const ourId = /(?<![a-z0-9])[a-z]+(?:_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}(?![0-9A-Za-z])/;
const mostWords = 8;

export function readSought(typed: string): Sought {
  const text = typed.trim();
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const isEnough = words.join('').length >= 2;
  return {
    id: ourId.exec(text)?.[0] ?? text,
    words: isEnough ? words.slice(0, mostWords) : [],
    addressPrefix: text.toLowerCase(),
  };
}
