// How nearly one text is another, or a part of it: the share of letters that both have in the
// same order (twice the longest common subsequence over both lengths), from 0 to 100.

/** From here on two texts resemble each other: one wrong letter in four or five, not two. */
export const RESEMBLES = 75;

/** Say how nearly a part of a name is what was asked for. */
export function resemblance(asked, name) {
  if (name === '') return 0;
  const whole = ratio(asked, name);
  // A short name would be found in any long text.
  if (name.length < asked.length || tooFewShared(asked, name)) return whole;
  return Math.max(whole, partial(asked, name));
}

function ratio(one, other) {
  return (200 * commonLength(one, other)) / (one.length + other.length);
}

/** The best that any stretch of a name does, of the length asked for; shorter at its ends. */
function partial(asked, name) {
  let best = 0;
  for (let end = 1; end < name.length + asked.length; end += 1) {
    const stretch = name.slice(Math.max(0, end - asked.length), end);
    if (stretch !== '') best = Math.max(best, ratio(asked, stretch));
  }
  return best;
}

/** Say quickly that no stretch can resemble it: too few of the letters are in it at all. */
function tooFewShared(asked, name) {
  const counts = new Map();
  for (const letter of name) counts.set(letter, (counts.get(letter) || 0) + 1);
  let shared = 0;
  for (const letter of asked) {
    const left = counts.get(letter) || 0;
    if (left > 0) {
      shared += 1;
      counts.set(letter, left - 1);
    }
  }
  // Of a stretch just as long as what they share the ratio would be highest.
  return (200 * shared) / (asked.length + shared) < RESEMBLES;
}

function commonLength(one, other) {
  let above = new Array(other.length + 1).fill(0);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [0];
    for (let column = 1; column <= other.length; column += 1) {
      line.push(one[row - 1] === other[column - 1]
        ? above[column - 1] + 1
        : Math.max(above[column], line[column - 1]));
    }
    above = line;
  }
  return above[other.length];
}
