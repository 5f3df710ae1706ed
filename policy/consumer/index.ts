import { startPack } from "../pack";

startPack("consumer");
