package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceProvider;
import dev.recal.graphs.data.shards.RecordShards;
import java.util.LinkedHashMap;
import java.util.Map;

/** The data sources of this library. */
public final class BuiltInSources implements DataSourceProvider {

  @Override
  public Map<String, Class<? extends DataSource>> sources() {
    Map<String, Class<? extends DataSource>> sources = new LinkedHashMap<>();
    sources.put("cifar-binary", CifarBinary.class);
    sources.put("coco", CocoFolder.class);
    sources.put("detection-records", DetectionRecords.class);
    sources.put("domain-folder", DomainFolder.class);
    sources.put("drawn-faces", DrawnFaces.class);
    sources.put("drawn-scenes", DrawnScenes.class);
    sources.put("fold", Fold.class);
    sources.put("image-archive", ImageArchive.class);
    sources.put("image-collection", ImageCollection.class);
    sources.put("image-folder", ImageFolder.class);
    sources.put("image-labels", ImageLabels.class);
    sources.put("image-numbers", ImageNumbers.class);
    sources.put("record-shards", RecordShards.class);
    sources.put("textures", Textures.class);
    sources.put("tf-records", TfRecords.class);
    return sources;
  }
}
