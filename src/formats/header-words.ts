// What the words of a header mean by themselves, in the languages that spreadsheets and address books write them in. For files
// whose columns nobody has agreed upon, and for the labels of numbers. Pure.
import { fold } from '../domain/fold.ts';
import type { NumberType, PlaceType } from './meaning.ts';

const LONGEST = 200;

/** Folded words with one space between them, digits apart: `Telefon (geschäftlich)2` is `telefon geschaftlich 2`. */
export function wordsOf(header: string): string {
  const apart = header.slice(0, LONGEST).replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');
  return fold(apart)
    .replace(/(\p{L})(?=\p{N})|(\p{N})(?=\p{L})/gu, '$& ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The words without spaces: how headers are compared. */
export function keyOf(header: string): string {
  return wordsOf(header).replaceAll(' ', '');
}

const FAX = /fax|faks|telecopi/;
const MOBILE = /mobil|\bcell|handy|natel|portable|gsm|movil|celular|\bcep\b|smartphone|i ?phone\b/;
const PHONE =
  /phone|telef|\btel\b|\btlf\b|\btfno\b|\bfon\b|rufn|durchwahl|nebenstelle|^extension$|festnetz|landline|\bfijo\b|\bfixe\b|\bsabit\b|\bdid\b|pager|callback|\brappel\b|ruckruf|ruckmeldung|\bisdn\b|\brnis\b|zentrale|\bnumaras?i?\b/;
const NUMBER = /^(?:(?:office|work|business|home|other|main|private) ?)?(?:number|nummer|numero|num|nr)$/;
const HOME = /\bhome|privat|zuhause|domicile|maison|\bperso|\bcasa\b|particular|domicilio|\bev\b/;
const OTHER =
  /\bother|weiter|\bandere|sonstig|\bautre|\botr[oa]|\bdiger|primary|princip|haupt|\bmain\b|\bcar\b|\bauto|voiture|pager|callback|rappel|ruckruf|ruckmeldung|isdn|rnis|radio|\btty\b|\btdd\b/;
const WORK =
  /\bwork|business|\boffice|\bburo\b|geschaft|dienst|\barbeit|\bfirm|\bjob\b|bureau|travail|\bpro\b|profes|trabajo|oficina|laboral|empresa|societe|company|\bis\b/;
const EMAIL = /mails?\b|courriel|correo|e ?posta\b|messagerie|adresse de courrier/;
/** Of an e-mail or a number, and not that itself. */
const ABOUT =
  /\b(?:type?|typ|tipo|turu?|label|art|display|anzeige\w*|angezeigter|nom|nombre|goruntulenen|gorunen|ad[i]?)\b/;

/** Columns that look like another kind by one of their words. */
const ASIDE =
  /assist|asistan|secretar|sekretar|phonetic|yomi|phone ?book|telefonbuch|annuaire|voice ?mail|mailbox|birth|geburt|naissance|nacimiento|dogum|annivers|jahrestag|\bweb|\burls?\b|homepage|page personnelle|photo|foto\b|account|konto|customer (?:no|number|id)|kundenn|country code|vorwahl|\bip\b|\bmac\b|speed ?dial|manager|spouse|\bpartner|conjoint|children|kinder|government|keywords|mileage|priority|sensitivity|user \d|initial/;

const COUNTRY = /country|\bland\b|\bpays\b|\bpais\b|\bulke|\bstaat\b/;
const PARTS: readonly (readonly [words: RegExp, part: string])[] = [
  [/zip|postal ?code|post ?code|postleitzahl|\bplz\b|code ?postal|codigo ?postal|\bcp\b|posta kodu/, 'zip'],
  [/city\b|\btown\b|\bort\b|\bwohnort\b|\bstadt\b|\bville\b|ciudad|poblacion|localidad|\bsehir/, 'city'],
  [COUNTRY, 'country'],
  [
    /state\b|provinc|\bregion\b|bundesland|\bkanton\b|departement|\bdep\b|county\b|estado|\bil(?:ce)?\b|eyalet/,
    'state',
  ],
  [/street|strasse|\bstr\b|\brue\b|\bcalle\b|sokak|cadde|\baddress|\badress?e?\b|anschrift|direccion/, 'street'],
];

const TEXTS: readonly (readonly [words: RegExp, target: string])[] = [
  [
    /middle name|additional name|weitere vornamen|zweiter vorname|deuxieme prenom|segundo nombre|ikinci adi?\b/,
    'middleName',
  ],
  [
    /^(?:(?:full|display|complete|contact|whole) ?)?name$|^anzeigename|^(?:nach)?name vorname|^vorname (?:nach)?name|^(?:nom|prenom) (?:complet|prenom|nom)|^nom$|^nombre(?: completo| y apellidos)?$|^adi?(?: soyadi?)?$|^isim$|^contacto?$|^kontakt$|^ansprechpartner/,
    'name',
  ],
  [/^(?:first|given|fore) ?names?$|^f ?name$|vorname|rufname|prenom|^nombre de pila/, 'firstName'],
  [
    /^(?:last|family|sur) ?names?$|^l ?name$|nachname|familienname|zuname|nom de famille|apellido|soyad|soyisim/,
    'lastName',
  ],
  [
    /company|^firm|unternehmen|organi[sz]ation|organizacion|societe|entreprise|empresa|compania|sirket|kurum|^business name/,
    'company',
  ],
  [
    /job ?title|position|funktion|fonction|puesto|^cargo$|is unvani|^unvan|gorev|^beruf|^title$|^titel$|^titre$/,
    'title',
  ],
  [
    /\bnotes?\b|notiz|\bnotas\b|\bnotlar|^not$|remark|bemerk|comment|kommentar|memo\b|observacion|remarque|aciklama|description|beschreibung|anmerkung/,
    'remark',
  ],
  [/^id$/, 'id'],
];

/** A word that tells a kind of number in some files, and something else in others: `Home`, `Other`. */
const PLACE_ALONE =
  /^(?:home|work|business|office|other|privat|private|geschaftlich|dienstlich|domicile|travail|casa|trabajo)(?: \d{1,2})?$/;

export interface Guess {
  /** One of COLUMN_TARGETS. */
  readonly target: string;
  /** Only when the cells look like numbers. */
  readonly ifNumbers?: true;
}

/** What a header is taken for by its words; undefined when they mean nothing here. */
export function guessOf(header: string): Guess | undefined {
  const words = wordsOf(header);
  if (words === '' || ASIDE.test(words)) return undefined;
  const bare = words.replace(/ \d+$/, '');
  if (EMAIL.test(bare)) return ABOUT.test(bare) ? undefined : { target: `email:${placeOf(words, 'work')}` };
  if (FAX.test(words) || MOBILE.test(words) || PHONE.test(words) || NUMBER.test(bare)) {
    return ABOUT.test(words) ? undefined : { target: `number:${numberTypeOf(words, 'business')}` };
  }
  const part = PARTS.find(([pattern]) => pattern.test(words))?.[1];
  if (part) return { target: `address:${placeOf(words, 'work')}:${part}` };
  if (PLACE_ALONE.test(words)) return { target: `number:${numberTypeOf(words, 'business')}`, ifNumbers: true };
  const target = TEXTS.find(([pattern]) => pattern.test(bare))?.[1];
  return target === undefined ? undefined : { target };
}

/** The type of a number by what is written of it, such as `Work Fax` or `Handy`. */
export function numberTypeOf(words: string, otherwise: NumberType): NumberType {
  if (FAX.test(words)) return HOME.test(words) ? 'home_fax' : OTHER.test(words) ? 'other' : 'business_fax';
  if (MOBILE.test(words)) return 'mobile';
  if (HOME.test(words)) return 'home';
  if (OTHER.test(words)) return 'other';
  return WORK.test(words) ? 'business' : otherwise;
}

/** The type of an e-mail or address likewise. */
export function placeOf(words: string, otherwise: PlaceType): PlaceType {
  if (HOME.test(words)) return 'home';
  if (OTHER.test(words)) return 'other';
  return WORK.test(words) ? 'work' : otherwise;
}

/** Of several columns that are a job title, the ones that surely are: `Title` and its like may be a form of address. */
export function isSurelyJobTitle(header: string): boolean {
  return !/^(?:title|titel|titre|unvan|beruf)$/.test(wordsOf(header));
}
