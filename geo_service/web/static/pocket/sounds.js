// How a text that someone types sounds, as far as the register tells: each character of its names
// stands beside a syllable there, and with the syllables come the common characters read so.
// Another character stands for itself.

const RUN = /[\u4e00-\u9fff]|(?:(?![\u4e00-\u9fff])[\p{L}\p{N}\p{M}])+/gu;
const CHARACTER = /[\u4e00-\u9fff]/;

/** Return the pieces of a text that have a syllable each: characters, runs of letters or digits. */
function pieces(text) {
  return (text || '').normalize('NFKC').toLowerCase().match(RUN) || [];
}

/**
 * Learn the readings of characters from texts and their pinyin, and from `homophones`, characters
 * by syllable; returns a function of text.
 */
export function readings(spoken, homophones) {
  const known = new Map();
  for (const [text, pinyin] of spoken) {
    const syllables = (pinyin || '').split(' ');
    pieces(text).forEach((piece, place) => {
      if (CHARACTER.test(piece) && !known.has(piece)) known.set(piece, syllables[place]);
    });
  }
  for (const [syllable, characters] of Object.entries(homophones)) {
    for (const each of characters) if (!known.has(each)) known.set(each, syllable);
  }
  return (text) => pieces(text).map((piece) => known.get(piece) || piece);
}
