// The example of the API page (StartWebRecord, 2025-11-13) as a stack.
import * as pulumi from "@pulumi/pulumi";
import * as trtc from "@pulumi-trtc/trtc";

const config = new pulumi.Config();

const lecture = new trtc.WebRecording("lecture", {
    recordUrl: "https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
    sdkAppId: 1400000000,
    storageParams: {
        cloudStorage: {
            vendor: 0,
            region: "ap-singapore",
            bucket: "webrecord-1234589",
            accessKey: config.requireSecret("cosAccessKey"),
            secretKey: config.requireSecret("cosSecretKey"),
            fileNamePrefix: ["record", "video"],
        },
    },
    maxDurationLimit: 3600,
    webRecordVideoParams: { width: 1280, height: 720, format: "mp4" },
});

export const taskId = lecture.taskId;
export const storageLocation = lecture.storageLocation;
