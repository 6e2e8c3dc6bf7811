// What is known of one call and of who it was with, and what can be done: call back, chat, open the contact, add the number to one.
import type { Call } from '../../../../client/types.ts';
import { useClient, useSession } from '../../hooks/use-client.ts';
import { useFormat } from '../../hooks/use-format.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { LinkButton } from '../../parts/button.tsx';
import { Fact } from '../../parts/facts.tsx';
import { Icon } from '../../parts/icon.tsx';
import { telLink } from '../../parts/links.ts';
import { Notice } from '../../parts/notice.tsx';
import { place } from '../../route.ts';
import { useTexts } from '../../texts/texts.ts';
import { CallControl } from '../call-control.tsx';
import { NumberFact } from '../number-fact.tsx';
import { partyName } from '../party.ts';
import { CallOutcome } from './call-outcome.tsx';
import { useAvatarKind } from './call-row.tsx';

/** So many other calls with the number are shown. */
const MOST = 20;

interface CallDetailsProps {
  readonly call: Call | undefined;
  /** All calls, newest first. */
  readonly calls: readonly Call[];
}

export function CallDetails({ call, calls }: CallDetailsProps) {
  const texts = useTexts();
  const { details: text } = texts.calls;
  if (!call) {
    return (
      <div class="details">
        <h2 tabIndex={-1}>{texts.common.details}</h2>
        <Notice kind="info">{text.gone}</Notice>
      </div>
    );
  }
  const name = partyName(texts, call);
  return (
    <div class="details">
      <PartyHead call={call} name={name} />
      <Actions call={call} name={name} />
      <Facts call={call} name={name} />
      <Others call={call} calls={calls} />
    </div>
  );
}

interface PartProps {
  readonly call: Call;
  readonly name: string;
}

function PartyHead({ call, name }: PartProps) {
  const { common, calls } = useTexts();
  const kind = useAvatarKind(call);
  const known = call.extension !== undefined || call.contact !== undefined;
  return (
    <header class="details-head">
      <Avatar name={call.name ?? ''} kind={kind} />
      <div>
        <h2 tabIndex={-1}>
          <bdi>{name}</bdi>
        </h2>
        {call.number !== '' && <p class="details-kind">{known ? common.kind[kind] : calls.details.unknown}</p>}
      </div>
    </header>
  );
}

function Actions({ call, name }: PartProps) {
  const client = useClient();
  const { features } = useSession();
  const { calls, directory } = useTexts();
  const { details: text } = calls;
  const { number, extension } = call;
  const contact = call.contact === undefined ? undefined : client.contacts.get(call.contact);
  const colleague = extension !== undefined && client.mirror('extensions').has(extension) ? extension : undefined;
  return (
    <div class="details-actions">
      {telLink(number) !== undefined && (
        <CallControl class="button primary" number={number} name={name}>
          <Icon name="phone" />
          <span class="button-text">{call.direction === 'in' ? text.callBack : directory.callShort}</span>
        </CallControl>
      )}
      {colleague !== undefined && features.chat === true && (
        <LinkButton icon="chat" href={place(['chat', colleague])} label={directory.chat(name)}>
          {directory.chatShort}
        </LinkButton>
      )}
      {colleague !== undefined && (
        <LinkButton icon="people" href={place(['extensions', colleague])}>
          {text.openColleague}
        </LinkButton>
      )}
      {contact && (
        <LinkButton icon="person" href={place(['contacts', contact.book, contact.id])}>
          {text.openContact}
        </LinkButton>
      )}
      {number !== '' && features.contacts === true && (
        <LinkButton icon="add" href={place(['contacts', 'add'], { number, call: call.id })}>
          {text.addToContacts}
        </LinkButton>
      )}
    </div>
  );
}

function Facts({ call, name }: PartProps) {
  const format = useFormat();
  const { details: text } = useTexts().calls;
  return (
    <dl class="facts">
      <Fact label={text.outcome}>
        <CallOutcome call={call} />
      </Fact>
      <Fact label={text.when}>{format.full(call.at)}</Fact>
      {call.state === undefined && <Fact label={text.rang}>{format.duration(call.ring)}</Fact>}
      {call.disposition === 'answered' && <Fact label={text.talked}>{format.duration(call.talk)}</Fact>}
      {call.number !== '' && <NumberFact label={text.number} number={call.number} name={name} what={text.numberWord} />}
    </dl>
  );
}

function Others({ call, calls }: { call: Call; calls: readonly Call[] }) {
  const format = useFormat();
  const { details: text } = useTexts().calls;
  const others = call.number === '' ? [] : calls.filter((one) => one.number === call.number);
  if (others.length < 2) return null;
  return (
    <section class="call-others" aria-labelledby="call-others">
      <h3 id="call-others">{text.more}</h3>
      <ul>
        {others.slice(0, MOST).map((one) => (
          <li key={one.id} class={one.id === call.id ? 'chosen' : ''}>
            <CallOutcome call={one} />
            <span class="row-time">
              {format.moment(one.at)}
              {one.talk > 0 && ` · ${format.duration(one.talk)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
