package dev.recal.graphs.network;

import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.LayerNorm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The papers that a network comes from, read from its settings. */
public final class Papers {

  private static final Map<Class<? extends Record>, String> ARXIV =
      Map.ofEntries(
          Map.entry(ArcFace.class, "1801.07698"),
          Map.entry(SqueezeExcitation.class, "1709.01507"),
          Map.entry(GatherExcite.class, "1810.12348"),
          Map.entry(StyleRecalibration.class, "1903.10829"),
          Map.entry(EfficientChannelAttention.class, "1910.03151"),
          Map.entry(ConvolutionalBlockAttention.class, "1807.06521"),
          Map.entry(AttentiveNorm.class, "1908.01259"),
          Map.entry(SwitchableNorm.class, "1806.10779"),
          Map.entry(GroupNorm.class, "1803.08494"),
          Map.entry(InstanceNorm.class, "1607.08022"),
          Map.entry(LayerNorm.class, "1607.06450"),
          Map.entry(DynamicRegionConv.class, "2003.12243"),
          Map.entry(CondConv.class, "1904.04971"),
          Map.entry(SameLayerSlim.class, "2112.14804"));

  private static final String DEEP_STEM = "1812.01187";

  private Papers() {}

  /**
   * Returns arXiv numbers: the network's own first, then those of its layers. Layers of other
   * libraries and common ones, like batch norm, are not listed.
   */
  public static List<String> of(Network network) {
    Set<String> found = new LinkedHashSet<>(network.papers());
    collect(network, found);
    return List.copyOf(found);
  }

  private static void collect(Object value, Set<String> found) {
    if (value instanceof Optional<?> maybe) {
      maybe.ifPresent(inner -> collect(inner, found));
    } else if (value == Stem.DEEP) {
      found.add(DEEP_STEM);
    } else if (value instanceof Record row) {
      if (row instanceof Network inner) {
        found.addAll(inner.papers());
      }
      Optional.ofNullable(ARXIV.get(row.getClass())).ifPresent(found::add);
      for (RecordComponent component : row.getClass().getRecordComponents()) {
        collect(component(row, component), found);
      }
    }
  }

  private static Object component(Record row, RecordComponent component) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(row);
    } catch (ReflectiveOperationException closed) {
      throw new IllegalStateException("cannot read " + component, closed);
    }
  }
}
