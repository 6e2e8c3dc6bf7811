// The columns of tables that well-known programs write, where every header means the same always. Pure.
import type { AddressPart, PlaceType } from './meaning.ts';

/** By targets of headers as keyOf gives them, numbered ones too: `Mobile 2` is found at `mobile`. */
export type Table = Readonly<Record<string, string>>;

/** `names`: of the parts, as they stand after `before`. */
function addressTable(before: string, type: PlaceType, names: Readonly<Record<string, AddressPart>>): Table {
  return Object.fromEntries(Object.entries(names).map(([name, part]) => [before + name, `address:${type}:${part}`]));
}

const OUTLOOK_PARTS: Readonly<Record<string, AddressPart>> = {
  street: 'street',
  city: 'city',
  state: 'state',
  postalcode: 'zip',
  country: 'country',
  countryregion: 'country',
};

export const OUTLOOK: Table = {
  firstname: 'firstName',
  middlename: 'middleName',
  lastname: 'lastName',
  company: 'company',
  jobtitle: 'title',
  notes: 'remark',
  businessphone: 'number:business',
  businessfax: 'number:business_fax',
  homephone: 'number:home',
  homefax: 'number:home_fax',
  mobilephone: 'number:mobile',
  callback: 'number:other',
  carphone: 'number:other',
  companymainphone: 'number:other',
  isdn: 'number:other',
  otherfax: 'number:other',
  otherphone: 'number:other',
  pager: 'number:other',
  primaryphone: 'number:other',
  radiophone: 'number:other',
  ttytddphone: 'number:other',
  emailaddress: 'email:work',
  email2address: 'email:work',
  email3address: 'email:work',
  ...addressTable('business', 'work', OUTLOOK_PARTS),
  ...addressTable('home', 'home', OUTLOOK_PARTS),
  ...addressTable('other', 'other', OUTLOOK_PARTS),
};

export const YEASTAR_S: Table = {
  firstname: 'firstName',
  lastname: 'lastName',
  email: 'email:work',
  company: 'company',
  worknumber: 'number:business',
  workfax: 'number:business_fax',
  mobile: 'number:mobile',
  home: 'number:home',
  homefax: 'number:home_fax',
  // Free text here, and a number in the P-Series.
  other: 'remark',
  zipcode: 'address:work:zip',
  street: 'address:work:street',
  city: 'address:work:city',
  state: 'address:work:state',
  country: 'address:work:country',
};

export const THREE_CX: Table = {
  firstname: 'firstName',
  lastname: 'lastName',
  company: 'company',
  mobile: 'number:mobile',
  home: 'number:home',
  business: 'number:business',
  email: 'email:work',
  other: 'number:other',
  businessfax: 'number:business_fax',
  homefax: 'number:home_fax',
  pager: 'number:other',
};

const NETHVOICE_PARTS: Readonly<Record<string, AddressPart>> = {
  street: 'street',
  city: 'city',
  province: 'state',
  postalcode: 'zip',
  country: 'country',
};

export const NETHVOICE: Table = {
  name: 'name',
  company: 'company',
  title: 'title',
  notes: 'remark',
  homeemail: 'email:home',
  workemail: 'email:work',
  homephone: 'number:home',
  workphone: 'number:business',
  cellphone: 'number:mobile',
  fax: 'number:business_fax',
  extension: 'number:business',
  ...addressTable('home', 'home', NETHVOICE_PARTS),
  ...addressTable('work', 'work', NETHVOICE_PARTS),
};

const XIVO_PARTS: Readonly<Record<string, AddressPart>> = {
  address: 'street',
  city: 'city',
  state: 'state',
  zip: 'zip',
  zipcode: 'zip',
  country: 'country',
};

export const XIVO: Table = {
  firstname: 'firstName',
  lastname: 'lastName',
  displayname: 'name',
  society: 'company',
  description: 'remark',
  email: 'email:work',
  mobilenumber: 'number:mobile',
  officenumber: 'number:business',
  homenumber: 'number:home',
  othernumber: 'number:other',
  faxnumber: 'number:business_fax',
  ...addressTable('office', 'work', XIVO_PARTS),
  ...addressTable('home', 'home', XIVO_PARTS),
  ...addressTable('other', 'other', XIVO_PARTS),
};

export const GOOGLE: Table = {
  firstname: 'firstName',
  givenname: 'firstName',
  middlename: 'middleName',
  additionalname: 'middleName',
  lastname: 'lastName',
  familyname: 'lastName',
  name: 'name',
  organizationname: 'company',
  organization1name: 'company',
  organizationtitle: 'title',
  organization1title: 'title',
  notes: 'remark',
};

export const FREEPBX: Table = {
  displayname: 'name',
  fname: 'firstName',
  lname: 'lastName',
  title: 'title',
  company: 'company',
  address: 'address:work:street',
  email: 'email:work',
};
