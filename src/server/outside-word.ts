// How the dialplan says that a call comes from outside: with any word but these.

const NOT = ['', '0', 'no', 'false'];

export function saysOutside(word: string): boolean {
  return !NOT.includes(word.toLowerCase());
}
