import { startPack } from "../pack";

startPack("provider");
