// The store in PostgreSQL keeps the store contract.
import { durableStoreContract, storeContract } from '../../contracts/store.ts';
import { holds, newDatabase, openStore, useServer } from './support/database.ts';

useServer();
storeContract('the store in PostgreSQL', async () => openStore(await newDatabase()));
durableStoreContract('the store in PostgreSQL', async () => {
  const database = await newDatabase();
  return { open: () => openStore(database), holds: (text) => holds(database, text) };
});
