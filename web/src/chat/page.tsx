// The chats of the user and the one that is open; on a narrow screen one or the other.
import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Split } from '../parts/split.tsx';
import { go, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import './chat.css';
import { ChatList } from './chat-list.tsx';
import { Conversation } from './conversation.tsx';

/** A keyboard on the screen would hide what one came to read. */
const COARSE = '(pointer: coarse)';

export function ChatPage({ chosen }: { chosen?: string | undefined }) {
  const { chat } = useTexts();
  const { features } = useSession();
  const [everybody, setEverybody] = useState(false);
  useEffect(() => setEverybody(false), [chosen]);
  if (features.chat !== true) {
    return (
      <Page title={chat.title}>
        <Notice kind="info">{chat.off.feature}</Notice>
      </Page>
    );
  }
  return (
    <Page
      title={chat.title}
      filled
      actions={
        <Button icon="add" pressed={everybody} onClick={() => setEverybody(!everybody)}>
          {chat.begin}
        </Button>
      }
    >
      <Split
        class="chat-split"
        label={chat.title}
        chosen={chosen}
        details={chosen === undefined ? undefined : <Conversation key={chosen} chat={chosen} />}
        onClose={() => go(place(['chat']))}
        {...(matchMedia(COARSE).matches ? {} : { focus: '.composer textarea:enabled' })}
      >
        <ChatList chosen={chosen} everybody={everybody} />
      </Split>
    </Page>
  );
}
