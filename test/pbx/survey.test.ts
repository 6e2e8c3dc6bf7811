import { expect, test } from 'vitest';
import { surveyPrivileges } from '../../src/pbx/survey.ts';
import { PaperAsterisk } from '../support/paper-asterisk.ts';
import { paperSettings } from '../support/paper-pbx.ts';

test('A survey says what the AMI user may do and how the hints are wired', async () => {
  const asterisk = new PaperAsterisk();
  asterisk.link.up();
  asterisk.addExtension('1001');
  asterisk.hints.push({ exten: '1002', context: 'internal', hint: 'PJSIP/1002' });
  asterisk.hints.push({ exten: '1003', context: 'internal', hint: 'Custom:DND1003,CustomPresence:1003' });
  asterisk.hints.push({ exten: 'menu', context: 'ivr', hint: 'Custom:Menu' });
  for (const action of ['DBPut', 'DBDel', 'VoicemailUsersList']) asterisk.allowed.delete(action);
  expect(await surveyPrivileges(asterisk.link, paperSettings)).toEqual({
    allowed: [
      'ExtensionStateList',
      'DeviceStateList',
      'PresenceStateList',
      'Getvar',
      'DBGet',
      'DBGetTree',
      'Setvar',
      'Originate',
    ],
    missing: [],
    dndReading: 'astdb',
    dndWriting: 'dialplan',
    presence: true,
    hints: { found: 4, extensions: 3, withPhone: 2, withDndDevice: 2, withPresentity: 2, incomplete: ['1002', '1003'] },
  });
});

test('A survey of a user with hardly any privilege names what is missing', async () => {
  const asterisk = new PaperAsterisk();
  asterisk.link.up();
  asterisk.allowed.clear();
  asterisk.allowed.add('ListCommands');
  asterisk.allowed.add('Getvar');
  expect(await surveyPrivileges(asterisk.link, paperSettings)).toEqual({
    allowed: ['Getvar'],
    missing: [
      { action: 'ExtensionStateList', privilege: 'reporting' },
      { action: 'DeviceStateList', privilege: 'reporting' },
      { action: 'PresenceStateList', privilege: 'reporting' },
      { action: 'DBGet', privilege: 'reporting' },
      { action: 'DBGetTree', privilege: 'reporting' },
      { action: 'Setvar', privilege: 'call' },
      { action: 'Originate', privilege: 'originate' },
    ],
    dndReading: 'lamp',
    dndWriting: undefined,
    presence: false,
    hints: undefined,
  });
});

test('With DBPut nothing is missing for want of Originate, and a family of its own is not written by the dialplan', async () => {
  const asterisk = new PaperAsterisk();
  asterisk.link.up();
  asterisk.allowed.delete('Originate');
  expect(await surveyPrivileges(asterisk.link, paperSettings)).toMatchObject({ missing: [], dndWriting: 'astdb' });
  asterisk.allowed.add('Originate');
  asterisk.allowed.delete('DBPut');
  const settings = { ...paperSettings, dnd: { ...paperSettings.dnd, family: 'REST' } };
  expect((await surveyPrivileges(asterisk.link, settings)).dndWriting).toBeUndefined();
});
