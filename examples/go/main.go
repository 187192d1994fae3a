// The example of the API page (StartWebRecord, 2025-11-13) as a stack.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"pulumi-trtc.local/sdk/go/trtc"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		lecture, err := trtc.NewWebRecording(ctx, "lecture", &trtc.WebRecordingArgs{
			RecordUrl: pulumi.String("https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4"),
			SdkAppId:  pulumi.Int(1400000000),
			StorageParams: &trtc.StorageParamsArgs{
				CloudStorage: &trtc.CloudStorageArgs{
					Vendor:         trtc.CloudStorageVendorCos,
					Region:         pulumi.String("ap-singapore"),
					Bucket:         pulumi.String("webrecord-1234589"),
					AccessKey:      conf.RequireSecret("cosAccessKey"),
					SecretKey:      conf.RequireSecret("cosSecretKey"),
					FileNamePrefix: pulumi.StringArray{pulumi.String("record"), pulumi.String("video")},
				},
			},
			MaxDurationLimit: pulumi.Int(3600),
			WebRecordVideoParams: &trtc.WebRecordVideoParamsArgs{
				Width:  pulumi.Int(1280),
				Height: pulumi.Int(720),
				Format: trtc.WebRecordVideoParamsFormatMp4,
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("taskId", lecture.TaskId)
		ctx.Export("storageLocation", lecture.StorageLocation)
		return nil
	})
}
