// One import as the page goes through it: sends the file, takes the report, and can be cancelled while nothing is stored yet.
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { type Flow, type FlowEvent, nextFlow, type Running } from './flow.ts';
import { type Sending, sendPatiently } from './patience.ts';
import { sendFile } from './upload.ts';

export interface Importing {
  readonly flow: Flow<File>;
  readonly tell: (event: FlowEvent<File>) => void;
  readonly cancel: () => void;
}

const START: Flow<File> = { step: 'choose' };

export function useImport(book: string): Importing {
  const [flow, tell] = useReducer<Flow<File>, FlowEvent<File>>(nextFlow, START);
  const sending = useRef<Sending | undefined>(undefined);
  const cancel = useCallback(() => {
    sending.current?.cancel();
    sending.current = undefined;
    tell({ kind: 'cancelled' });
  }, []);
  // Each of these states is entered once for each file or change, and begins one sending.
  const started = flow.step === 'checking' || flow.step === 'importing' ? flow.run : undefined;
  useEffect(() => {
    if (flow.step !== 'checking' && flow.step !== 'importing') return;
    const { file, onDuplicate, columns } = flow;
    const wish = { book, file, onDuplicate, dryRun: flow.step === 'checking', ...(columns ? { columns } : {}) };
    const told = (running: Running) => sending.current === mine && tell({ kind: 'running', running });
    const mine: Sending = sendPatiently((hear) => sendFile(wish, hear), told);
    sending.current = mine;
    mine.report.then(
      (report) => sending.current === mine && tell({ kind: 'reported', report }),
      (failure: Error) => sending.current === mine && tell({ kind: 'failed', failure }),
    );
  }, [started]);
  // Another book, or another page: what was only looked at is given up; what is being stored goes on at the server.
  useEffect(() => {
    tell({ kind: 'again' });
    return () => {
      sending.current?.cancel();
      sending.current = undefined;
    };
  }, [book]);
  return { flow, tell, cancel };
}
