import { runEmulatorCli } from 'naver-captcha-emulator/cli';

await runEmulatorCli(process);
