import { deployAccount } from "./accounts/account";
import { readSettings } from "./settings";

// One program for every account: the stack's config says whether it is the hub's or a spoke's.
export = () => deployAccount(readSettings());
