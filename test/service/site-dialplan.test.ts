import { describe, expect, test } from 'vitest';
import type { DialplanPort } from '../../src/service/dialplan-port.ts';
import { siteDialplan } from '../../src/service/site-dialplan.ts';
import { parisAndBerlin } from '../support/sites.ts';

/** Writes down what it is asked. */
function asked() {
  const questions: unknown[] = [];
  const port: DialplanPort = {
    caller: async (question) => void questions.push(question),
    presence: (extension) => void questions.push(extension),
    setStatus: async (...question) => {
      questions.push(question);
      return 'ok';
    },
    letsThrough: async (...question) => void questions.push(question),
  };
  return { questions, port };
}

describe('What the dialplan of a site with digits of its own asks', () => {
  const { paris, berlin } = parisAndBerlin();

  test('is who calls whom among its own extensions', async () => {
    const { questions, port } = asked();
    const dialplan = siteDialplan(port, paris);
    await dialplan.caller({ number: '1001', callee: '1002' });
    await dialplan.caller({ number: ' 1001 ', callee: '31002', outside: false });
    await dialplan.letsThrough('1002', '1001', ['favorites']);
    expect(questions).toEqual([
      { number: '31001', callee: '31002' },
      { number: '31001', callee: '31002', outside: false },
      ['31002', '31001', ['favorites'], undefined],
    ]);
  });

  test('takes nobody from outside for one of its own, whatever number he shows', async () => {
    const { questions, port } = asked();
    const dialplan = siteDialplan(port, paris);
    await dialplan.caller({ number: '1001', callee: '1002', outside: true });
    await dialplan.letsThrough('1002', '1001', ['numbers'], { outside: true });
    expect(questions).toEqual([
      { number: '1001', callee: '31002', outside: true },
      ['31002', '1001', ['numbers'], { outside: true }],
    ]);
  });

  test('is never answered with what somebody of another site knows', async () => {
    const { questions, port } = asked();
    const dialplan = siteDialplan(port, paris);
    await dialplan.caller({ number: '02079460000', callee: '2001' });
    await dialplan.letsThrough('2001', '02079460000', ['favorites']);
    expect(questions).toEqual([
      { number: '02079460000', callee: '32001' },
      ['32001', '02079460000', ['favorites'], undefined],
    ]);
  });

  test('may be the presence of an extension of another site, by its id', async () => {
    const { questions, port } = asked();
    const dialplan = siteDialplan(port, paris);
    dialplan.presence('1002');
    dialplan.presence('2001');
    expect(await dialplan.setStatus('31001', 'away')).toBe('ok');
    expect(questions).toEqual(['31002', '2001', ['31001', 'away']]);
  });

  test('is passed on as it is where there are no digits', () => {
    const { port } = asked();
    expect(siteDialplan(port, berlin)).toBe(port);
  });
});
